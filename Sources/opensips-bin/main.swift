print("opensips-bin")
