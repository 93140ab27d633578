"""Programs that tests start in processes of their own: servers, workers, parents with children."""
