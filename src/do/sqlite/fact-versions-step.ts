/** The schema step that gives facts versions. Never change it: objects that ran it do not run it again. */
export const FACT_VERSIONS = `
ALTER TABLE facts RENAME TO facts_before;
CREATE TABLE facts (
  -- the version; facts_fts has the current ones that have a text
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  -- NULL: the fact ends with this version
  text TEXT,
  tokens INTEGER NOT NULL,
  since TEXT,
  until TEXT,
  pinned INTEGER NOT NULL,
  -- person or model
  author TEXT NOT NULL,
  -- the message that a person named as the source
  session TEXT,
  seq INTEGER,
  -- the turns that the model learned it from, as JSON: sessionId, seq, to, and base, the version that it was shown
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
