"""Audit of a sample of records: sampling, estimates with intervals, auditors' grades, and the report.

`run.audit` is the way through: survey the input, draw the sample, score it, count, write. Nothing here is imported by
the scorer or the service.
"""
