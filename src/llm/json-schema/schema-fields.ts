/** Reads the keywords of one schema object. Ignores keywords that are `null`, as some clients send unset ones. */
import { type Fields, isObject } from "../json";
import { problemAt, type SchemaProblem } from "./schema-problem";

/** A schema to read, and its place. */
export interface Unread {
  json: Fields | boolean;
  place: string;
}

const isBoolean = (value: unknown) => typeof value === "boolean";
const isText = (value: unknown) => typeof value === "string";
const isNumber = (value: unknown) => typeof value === "number";
const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
const isList = (value: unknown): value is unknown[] => Array.isArray(value);
const isTexts = (value: unknown): value is string[] => isList(value) && value.every(isText);
export const isSchema = (value: unknown) => isBoolean(value) || isObject(value);

export class SchemaFields {
  readonly json: Fields;
  readonly place: string;

  constructor(json: Fields, place: string) {
    this.json = json;
    this.place = place;
  }

  text(name: string): string | undefined {
    return this.#read(name, isText, "must be a text");
  }

  texts(name: string): string[] | undefined {
    return this.#read(name, isTexts, "must be a list of texts");
  }

  number(name: string): number | undefined {
    return this.#read(name, isNumber, "must be a number");
  }

  count(name: string): number | undefined {
    return this.#read(name, isCount, "must be a whole number from 0");
  }

  flag(name: string): boolean | undefined {
    return this.#read(name, isBoolean, "must be true or false");
  }

  values(name: string): unknown[] {
    return this.#read(name, isList, "must be a list") ?? [];
  }

  one(name: string): Unread | undefined {
    const json = this.#read(name, isSchema, "must be a schema");
    return json === undefined ? undefined : { json, place: `${this.place}/${name}` };
  }

  list(name: string): Unread[] {
    return this.values(name).map((json, at) => this.unread(json, `${name}/${at}`));
  }

  map(name: string): [string, Unread][] {
    return this.entries(name).map(([key, json]) => [key, this.unread(json, `${name}/${key}`)]);
  }

  entries(name: string): [string, unknown][] {
    return Object.entries(this.#read(name, isObject, "must be an object") ?? {});
  }

  unread(json: unknown, name: string): Unread {
    if (!isSchema(json)) throw this.problem(name, "must be a schema");
    return { json, place: `${this.place}/${name}` };
  }

  problem(name: string, problem: string): SchemaProblem {
    return problemAt(`${this.place}/${name}`, problem);
  }

  #read<T>(name: string, is: (value: unknown) => value is T, problem: string): T | undefined {
    const value = this.json[name];
    if (value === undefined || value === null) return undefined;
    if (!is(value)) throw this.problem(name, problem);
    return value;
  }
}
