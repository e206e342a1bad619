"""What the service keeps: the tables, the keys that seal them, the audit log, and how long each thing stays."""
