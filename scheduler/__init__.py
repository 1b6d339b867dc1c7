"""Time: what is due, and when it is looked for. The jobs are sentences over what the database says is due."""
