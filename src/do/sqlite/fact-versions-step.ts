/**
 * The schema step that gives facts versions. Never change it: objects that ran it do not run it again.
 *
 * `number`: the version; `facts_fts` contains the current ones that have a text. `text`: NULL if the fact ends with this
 * version. `author`: `person` or `model`. `session`, `seq`: the message that a person named as the source. `learned`: the
 * turns that the model learned it from, as JSON: `sessionId`, `seq`, `to`, and `base`, the version in the model's prompt.
 */
export const FACT_VERSIONS = `
ALTER TABLE facts RENAME TO facts_before;
CREATE TABLE facts (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  text TEXT,
  tokens INTEGER NOT NULL,
  since TEXT,
  until TEXT,
  pinned INTEGER NOT NULL,
  author TEXT NOT NULL,
  session TEXT,
  seq INTEGER,
  learned TEXT,
  current INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
INSERT INTO facts SELECT number, id, 1, text, tokens, NULL, NULL, 0, CASE learnt WHEN 1 THEN 'model' ELSE 'person' END,
  CASE learnt WHEN 0 THEN session END, CASE learnt WHEN 0 THEN seq END,
  CASE learnt WHEN 1 THEN json_array(json_object('sessionId', session, 'seq', seq, 'to', seq)) END,
  1, created_at, updated_at FROM facts_before;
DROP TABLE facts_before;
CREATE INDEX facts_by_id ON facts (id, version);
CREATE INDEX facts_current ON facts (updated_at) WHERE current = 1`;
