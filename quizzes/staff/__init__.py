"""What staff do with quizzes, under /admin/kuis/; who may is decided in `quizzes.access`."""
