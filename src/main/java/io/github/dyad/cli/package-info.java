/**
 * Parses commands and delegates. Start at {@link io.github.dyad.cli.Main}.
 *
 * <p>Results go to standard output, progress and messages to standard error. Exit codes: 0 done, 1
 * a failure or a bug, 2 the user's input (one line), 130 interrupted. A new command is a class here
 * and a name in {@link io.github.dyad.cli.Main}.
 */
package io.github.dyad.cli;
