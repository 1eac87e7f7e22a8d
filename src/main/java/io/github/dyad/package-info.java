/** What every room shares: the user's errors and the checks of configured values. */
package io.github.dyad;
