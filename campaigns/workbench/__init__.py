"""The campaign's screens: its list, its page with tabs, live preview, publishing, clone and demo."""
