/** What Dyad is made of: every library has a version and a licence in {@code docs/licences.csv}. */
package io.github.dyad.supply;
