"""What routing wants done regularly."""

from app.routing import assigning_jobs

JOBS = (*assigning_jobs.JOBS,)
