"""How people write an e-mail address, a phone number, a postal code, a number, a day or a name.

One definition for everything that judges or compares what was typed: the
campaign page, the writer, the mailer and staff's search. Python reads it here;
the page's JavaScript gets the same tables and patterns as data
(:func:`ingest_lambda.contract.grammar.page.page_grammar`) and repeats only the
few steps between them. ``tests/contract/samples/grammar.json`` holds what both
must say.
"""
