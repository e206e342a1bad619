"""The report for people: a page that opens offline, and a workbook."""
