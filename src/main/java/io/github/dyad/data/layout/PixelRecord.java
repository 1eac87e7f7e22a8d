package io.github.dyad.data.layout;

import io.github.dyad.data.ImageRef;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An image inside an IDX or CIFAR file. It opens as PGM (one plane) or PPM (three).
 *
 * @param name what messages call it
 * @param source the file's bytes, whole
 * @param offset of the first plane's first pixel
 * @param planes 1, or 3 that follow each other: red, green, blue
 */
record PixelRecord(String name, ByteBuffer source, int offset, int width, int height, int planes)
    implements ImageRef {

  @Override
  public InputStream open() {
    byte[] header =
        String.format("P%d %d %d 255\n", planes == 1 ? 5 : 6, width, height)
            .getBytes(StandardCharsets.US_ASCII);
    int area = width * height;
    byte[] image = new byte[header.length + planes * area];
    System.arraycopy(header, 0, image, 0, header.length);
    for (int plane = 0; plane < planes; plane++) {
      for (int pixel = 0; pixel < area; pixel++) {
        image[header.length + pixel * planes + plane] =
            source.get(offset + plane * area + pixel); // absolute: threads share the buffer
      }
    }
    return new ByteArrayInputStream(image);
  }
}
