"""The machinery: plugins, answers, stages, the graph of resources, run folder, journal, lock, worker. Nothing of oVirt."""
