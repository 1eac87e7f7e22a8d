package io.github.dyad.cli;

/**
 * A command that only a Maven profile brings: a picocli command of another source folder, found by
 * the {@link java.util.ServiceLoader}.
 */
public interface ProfileCommand {}
