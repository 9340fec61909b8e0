"""Facts into pages: fills marker blocks, creates missing pages, writes navigation and name table."""
