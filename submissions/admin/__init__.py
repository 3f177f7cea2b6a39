"""The staff side of submissions: the list, the review page, mails."""
