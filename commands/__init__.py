"""The command line: one small file a family of commands. Each imports what it needs when it runs."""
