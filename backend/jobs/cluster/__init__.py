"""Workers on the machines of a Ray cluster. Only `bridge` and `actor` import Ray, in processes of their own."""
