"""Regular work: the registry of jobs, one leader among any number of workers, and the record of every run."""
