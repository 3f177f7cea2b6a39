"""Where campaign pages stand: hosts behind one small interface."""
