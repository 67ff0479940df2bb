// A load asks which keys of its sender were used again: few, among all the records of the sender.
CREATE INDEX record_key_use IF NOT EXISTS FOR (record:Record) ON (record.source, record.supplier, record.key_use);
