package io.github.dyad.teacher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import onnx.Onnx;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/** An ONNX file as bytes that turned out to be an ONNX model: opened, sniffed, parsed, hashed. */
final class OnnxFile {
  private static final int MIN_OPSET = 9;
  private static final int MAX_RECURSION = 32;

  private final ByteBuffer bytes;
  private final ExternalData external;
  private final Onnx.ModelProto model;
  private final long opset;

  private OnnxFile(ByteBuffer bytes, Path folder) {
    this.bytes = bytes;
    this.external = new ExternalData(folder);
    sniff(bytes.duplicate());
    ProtobufGuard.check(bytes);
    this.model = parse(bytes.duplicate());
    this.opset = checkedOpset();
  }

  /** Opens a file; its external data is looked for in the same folder. */
  static OnnxFile open(Path file) {
    if (!Files.exists(file)) {
      throw new RefusedException("no such file", "check the path");
    }
    if (!Files.isRegularFile(file)) {
      throw new RefusedException("not a regular file", "give the .onnx file itself");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new RefusedException(
            channel.size() + " bytes are more than an ONNX file can have (2 GiB)",
            "export with external data");
      }
      // Mapped, and aliased by the parser: raw weights are copied once, into the arrays returned.
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      return new OnnxFile(bytes, file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new RefusedException("cannot be read", "check its permissions");
    }
  }

  /** A model in memory; it may not name external data. */
  static OnnxFile of(byte[] model) {
    return new OnnxFile(ByteBuffer.wrap(model), null);
  }

  OnnxGraph graph() {
    return new OnnxGraph(model.getGraph(), opset);
  }

  TensorReader tensors() {
    return new TensorReader(external);
  }

  /** Says what a file is that is no ONNX file at all. */
  private static void sniff(ByteBuffer bytes) {
    if (bytes.remaining() < 16) {
      throw RefusedException.broken(bytes.remaining() + " bytes are no ONNX model");
    }
    byte[] head = new byte[16];
    bytes.get(head);
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("PK\u0003\u0004")) {
      throw new RefusedException(
          "a ZIP archive (perhaps a PyTorch checkpoint), no ONNX model", "export it to ONNX");
    }
    if (text.startsWith("\u001f\u008b")) {
      throw new RefusedException("gzip data, no ONNX model", "unpack it first");
    }
    if (text.startsWith("version https")) {
      throw new RefusedException(
          "a Git LFS pointer, not the model itself", "run `git lfs pull` or download the file");
    }
    if (text.startsWith("<") || text.startsWith("{")) {
      throw RefusedException.broken("a text file (HTML or JSON), no ONNX model");
    }
  }

  private static Onnx.ModelProto parse(ByteBuffer bytes) {
    try {
      CodedInputStream input = CodedInputStream.newInstance(bytes);
      input.enableAliasing(true);
      input.setRecursionLimit(MAX_RECURSION);
      Onnx.ModelProto model = Onnx.ModelProto.parseFrom(input);
      input.checkLastTagWas(0);
      return model;
    } catch (InvalidProtocolBufferException e) {
      throw RefusedException.broken("no ONNX model, or cut off");
    } catch (IOException e) {
      throw RefusedException.broken("cannot be read to its end");
    }
  }

  private long checkedOpset() {
    if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
      throw RefusedException.broken("no ONNX model: there is no graph");
    }
    long opset = -1;
    for (Onnx.OperatorSetIdProto each : model.getOpsetImportList()) {
      if (each.getDomain().isEmpty() || each.getDomain().equals("ai.onnx")) {
        opset = each.getVersion();
      }
    }
    if (opset < MIN_OPSET) {
      throw new RefusedException(
          "operator set " + opset + " is too old", "export with opset 14 or newer");
    }
    return opset;
  }

  /**
   * SHA-256 of the file, followed by the data files it was found to name, in the order of their
   * locations. Call it when all tensors have been read.
   */
  String sha256() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes.duplicate());
      for (Path file : external.opened().values()) {
        try (InputStream in = Files.newInputStream(file)) {
          byte[] buffer = new byte[1 << 16];
          for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            digest.update(buffer, 0, n);
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has SHA-256
    } catch (IOException e) {
      throw RefusedException.broken("its external data cannot be read to the end");
    }
  }

  /** How many data files beside the model were read. */
  int externalFiles() {
    return external.opened().size();
  }
}
