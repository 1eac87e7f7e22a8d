package io.github.dyad.experiment.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A lock between processes on one file, and between the threads of this one. The operating system
 * gives it back when its holder dies. The file stays: removing it would let two holders in.
 */
public final class FileLock implements AutoCloseable {
  private static final long POLL_MILLIS = 100;

  /** On POSIX, closing any channel on a file drops the process's locks on it: one channel each. */
  private static final Set<Path> HELD_HERE = new HashSet<>();

  private final Path file;
  private final FileChannel channel;

  private FileLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** The lock, or nothing while someone else holds it. */
  public static Optional<FileLock> tryAcquire(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    WholeFile.folder(absolute.getParent());
    synchronized (HELD_HERE) {
      if (!HELD_HERE.add(absolute)) {
        return Optional.empty();
      }
    }
    FileChannel channel = null;
    boolean locked = false;
    try {
      channel = FileChannel.open(absolute, CREATE, WRITE);
      locked = channel.tryLock() != null;
      return locked ? Optional.of(new FileLock(absolute, channel)) : Optional.empty();
    } catch (IOException e) {
      throw StoreException.writing(file, e);
    } finally {
      if (!locked) {
        release(absolute, channel);
      }
    }
  }

  /** Waits for the lock; empty when {@code stop} became true first. */
  public static Optional<FileLock> acquire(Path file, BooleanSupplier stop) {
    while (!stop.getAsBoolean()) {
      Optional<FileLock> lock = tryAcquire(file);
      if (lock.isPresent()) {
        return lock;
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    release(file, channel);
  }

  private static void release(Path file, FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw StoreException.writing(file, e);
    } finally {
      synchronized (HELD_HERE) {
        HELD_HERE.remove(file);
      }
    }
  }
}
