package io.github.dyad;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.Collections;

/** Pages that show a run are for this machine alone. */
public final class Loopback {
  private Loopback() {}

  /** Nobody answers at the port of any other interface. */
  public static void assertAlone(int port) throws IOException {
    for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : Collections.list(network.getInetAddresses())) {
        if (!address.isLoopbackAddress()) {
          assertThrows(IOException.class, () -> new Socket(address, port).close());
        }
      }
    }
  }
}
