"""HappyHorse: picture and sound made together by the MagiHuman transformer, on this machine's GPU."""
