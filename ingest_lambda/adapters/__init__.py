"""What stands outside: the table, the bucket, queues, the verifier, the decoder's process, the keys of tokens."""
