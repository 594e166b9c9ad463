"""What staff do with handed-in work, under /admin/tugas/; who may is decided in `submissions.access`."""
