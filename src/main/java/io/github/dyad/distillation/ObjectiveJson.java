package io.github.dyad.distillation;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.github.dyad.Extensions;
import io.github.dyad.InputException;
import java.io.IOException;
import java.util.Locale;

/**
 * An {@link Objective} in {@code model.json}: {@code "NOISY_OR"}, or with its options {@code
 * {"name": …, "options": {…}}}.
 */
final class ObjectiveJson {
  private static final JsonMapper COMPONENTS = new JsonMapper();

  private ObjectiveJson() {}

  static SimpleModule module() {
    return new SimpleModule()
        .addSerializer(Objective.class, new Writer())
        .addDeserializer(Objective.class, new Reader());
  }

  private static final class Writer extends JsonSerializer<Objective> {
    @Override
    public void serialize(Objective objective, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Extensions.hasOptions(objective)) {
        json.writeStartObject();
        json.writeStringField("name", objective.name());
        json.writeFieldName("options");
        json.writeTree(COMPONENTS.valueToTree(objective));
        json.writeEndObject();
      } else {
        json.writeString(objective.name().toUpperCase(Locale.ROOT).replace('-', '_'));
      }
    }
  }

  private static final class Reader extends JsonDeserializer<Objective> {
    @Override
    public Objective deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      JsonNode node = parser.readValueAsTree();
      String name =
          (node.isObject() ? node.path("name") : node)
              .asText()
              .toLowerCase(Locale.ROOT)
              .replace('_', '-');
      Objective objective;
      try {
        objective = Extensions.named(Objective.class, "objective", name);
      } catch (InputException e) {
        throw context.weirdStringException(name, Objective.class, e.getMessage());
      }
      return node.isObject()
          ? COMPONENTS.treeToValue(node.path("options"), objective.getClass())
          : objective;
    }
  }
}
