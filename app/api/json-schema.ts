/** JSON Schema (2020-12, as OpenAPI 3.1 has it) of the zod schemas that validate. */
import { z } from 'zod';
import { schemaNames } from './schemas';

const jsonValue = z.json();
export type Json = z.infer<typeof jsonValue>;
export type JsonObject = { [name: string]: Json };

const jsonObject = z.record(z.string(), jsonValue);
const generated = z.looseObject({ $defs: z.record(z.string(), jsonObject).optional() });

/** References into the schema itself become references to the document's components. */
function withComponentRefs(schema: JsonObject): JsonObject {
  const text = JSON.stringify(schema, (name, value: unknown) =>
    name === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '#/components/schemas/') : value,
  );
  return jsonObject.parse(JSON.parse(text));
}

/** Collects the named schemas that those it makes refer to. */
export class JsonSchemas {
  readonly named: Record<string, JsonObject> = {};

  /** `io`: what may be sent, or what is answered. */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
    const made = z.toJSONSchema(schema, {
      io,
      target: 'draft-2020-12',
      metadata: schemaNames,
      // Descriptions are in zod's own registry.
      override: ({ zodSchema, jsonSchema }) => {
        const description = z.globalRegistry.get(zodSchema)?.description;
        if (description !== undefined) jsonSchema.description = description;
      },
    });
    const { $defs, $schema: _always, ...own } = generated.parse(JSON.parse(JSON.stringify(made)));
    for (const [name, definition] of Object.entries($defs ?? {}))
      this.named[name] = withComponentRefs(definition);
    return withComponentRefs(jsonObject.parse(own));
  }
}
