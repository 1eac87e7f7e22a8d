package io.github.dyad.experiment.yaml;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.github.dyad.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one YAML document of plain sections, lists and scalars. Tags, aliases, duplicate keys,
 * second documents, more than {@value #MOST_BYTES} bytes and more than {@value #DEEPEST} levels are
 * refused with an {@link InputException}: nothing can instantiate a class or grow beyond the text.
 */
public final class YamlReader {
  static final int MOST_BYTES = 1 << 20;
  static final int DEEPEST = 32;

  private static final YAMLFactory FACTORY =
      YAMLFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxDocumentLength(MOST_BYTES)
                  .build())
          .build();

  private final String file;
  private final YAMLParser parser;

  private YamlReader(String file, YAMLParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /** The file's top section. */
  public static Node.Mapping read(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new InputException(file + " cannot be read: " + e.getMessage(), e);
    }
    if (bytes.length > MOST_BYTES) {
      throw new InputException(file + " is longer than " + MOST_BYTES + " bytes");
    }
    try {
      return read(
          file.toString(),
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw new InputException(file + " is not UTF-8 text", e);
    }
  }

  /**
   * @param file what messages call the text
   */
  public static Node.Mapping read(String file, String text) {
    try (YAMLParser parser = FACTORY.createParser(text)) {
      return new YamlReader(file, parser).document();
    } catch (JsonProcessingException e) {
      JsonLocation location = e.getLocation();
      String place = location == null ? file : file + ":" + location.getLineNr();
      throw new InputException(place + ": not valid YAML: " + problem(e), e);
    } catch (IOException e) {
      throw new InputException(file + ": not valid YAML: " + e.getMessage(), e);
    }
  }

  /** The parser's own words without its drawing of the spot. */
  private static String problem(JsonProcessingException e) {
    return e.getOriginalMessage()
        .lines()
        .filter(line -> !line.startsWith(" ") && !line.isBlank())
        .reduce((first, second) -> first + ", " + second)
        .orElse("unreadable");
  }

  private Node.Mapping document() throws IOException {
    if (parser.nextToken() == null) {
      throw new InputException(file + " is empty");
    }
    Node top = node(place(), 0);
    if (!(top instanceof Node.Mapping mapping)) {
      throw new InputException(top.place() + ": expected keys and values at the top of the file");
    }
    if (parser.nextToken() != null) {
      throw new InputException(place() + ": a second YAML document; expected one");
    }
    return mapping;
  }

  private Node node(Place place, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new InputException(place + ": nested more than " + DEEPEST + " levels deep");
    }
    if (parser.getTypeId() != null) {
      throw new InputException(place + ": the tag !" + parser.getTypeId() + " is not allowed");
    }
    if (parser.isCurrentAlias()) {
      throw new InputException(
          place() + ": the alias *" + parser.getText() + " is not allowed; write the value itself");
    }
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return mapping(place, depth);
    }
    if (token == JsonToken.START_ARRAY) {
      List<Node> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(node(place(), depth + 1));
      }
      return new Node.Sequence(place, items);
    }
    if (token == JsonToken.VALUE_NULL || parser.getText().isEmpty()) {
      throw new InputException(place + ": a key without a value; give one or leave the key out");
    }
    return new Node.Scalar(place, parser.getText());
  }

  private Node.Mapping mapping(Place place, int depth) throws IOException {
    Map<String, Node> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      Place keyPlace = place();
      parser.nextToken();
      entries.put(key, node(keyPlace, depth + 1));
    }
    return new Node.Mapping(place, entries);
  }

  private Place place() {
    return new Place(file, parser.currentTokenLocation().getLineNr());
  }
}
