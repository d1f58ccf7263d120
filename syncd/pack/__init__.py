"""The Monday pack: a week on one page and in one message, to whom the settings name and nobody else."""
