"""EventBridge Pipes for the emulator, which stores them but runs none between queues, streams and functions.

``declaration`` reads what the deployed template declares, ``queue`` and
``stream`` are the two kinds of source, ``target`` delivers, ``pattern`` filters,
``runner`` keeps the declared Pipes running. ``python -m campaignhub.local_aws.pipes``
is the process.
"""
