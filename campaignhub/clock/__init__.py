"""What runs by the clock: rounds in a process of their own, and the timetable of Celery's tasks.

A round opens, closes, expires or propagates. It uses no queue, so it runs while
the queues hang. What may take long or waits for others (mail, jobs) is a Celery
task, which the clock sends. Both say beside themselves how often they run
(:mod:`campaignhub.clock.rounds`).
"""
