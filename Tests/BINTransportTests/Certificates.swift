#if TLS
    import BINTransport

    /// Certificates made for these tests; their keys open nothing else.
    enum Certificates {
        /// The root that signed ``node`` and ``expired``.
        static let authority = TLSOptions.PEM.text(
            """
            -----BEGIN CERTIFICATE-----
            MIIBkTCCATegAwIBAgIUUAsBipUo7XJp4srLeSmQ6i82stUwCgYIKoZIzj0EAwIw
            HTEbMBkGA1UEAwwSQklOIHRlc3QgYXV0aG9yaXR5MCAXDTI2MTEyMjE0MzAxNloY
            DzIxMjYxMDI5MTQzMDE2WjAdMRswGQYDVQQDDBJCSU4gdGVzdCBhdXRob3JpdHkw
            WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASgTeqSNXzBzq15S4KM5Lv/uH928SYH
            Zsz5CM696Pz7ajNJKYbiTwNelqpSyDbj6DiADmRiy/4qeI4J4pBnuSjgo1MwUTAd
            BgNVHQ4EFgQUeM3ic0Jutb2zwLYFX743A4obmbgwHwYDVR0jBBgwFoAUeM3ic0Ju
            tb2zwLYFX743A4obmbgwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF
            AiEAkVt6OkczVzl+uCgIpDQ++wjLCYnT7/jMoY092NDfa6wCIGL+Tk7PjtGEUb9C
            3ofzzQW2ZLPO7Rnv+b24gVT4ik9z
            -----END CERTIFICATE-----
            """)

        /// For node.example and 127.0.0.1, valid for a hundred years.
        static let node = TLSOptions.PEM.text(
            """
            -----BEGIN CERTIFICATE-----
            MIIBmTCCAT+gAwIBAgIUYJkCZl9UcaA15ItVLttQwHBPtuowCgYIKoZIzj0EAwIw
            HTEbMBkGA1UEAwwSQklOIHRlc3QgYXV0aG9yaXR5MCAXDTI2MTEyMjE0MzAxNloY
            DzIxMjYxMDI5MTQzMDE2WjAXMRUwEwYDVQQDDAxub2RlLmV4YW1wbGUwWTATBgcq
            hkjOPQIBBggqhkjOPQMBBwNCAAT+ZQ7iauOPp93sSrGOOug9+psN+SFmNkujcYnT
            XaDP9tG4O+JOqolPFtVEwedkssE+cxgk9tf5QUkBBiq/Pmeto2EwXzAdBgNVHREE
            FjAUggxub2RlLmV4YW1wbGWHBH8AAAEwHQYDVR0OBBYEFBA7X54Ou8HMbDh6wcS6
            jNOIddrGMB8GA1UdIwQYMBaAFHjN4nNCbrW9s8C2BV++NwOKG5m4MAoGCCqGSM49
            BAMCA0gAMEUCIQCDCcEvaDbmDJt6m1Y7zMqWBQZvZmzgxyZ5YxENjCOBWAIgRqEy
            9HZ7iUNFDsOvNOjUjShattOyBhCLS128tyBj8TA=
            -----END CERTIFICATE-----
            """)

        /// The key of ``node`` and of ``expired``.
        static let nodeKey = TLSOptions.PEM.text(
            """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSyN+CyDgEy33lNWt
            8HoH0hpxUYLcOovfk+6SJsNkECihRANCAAT+ZQ7iauOPp93sSrGOOug9+psN+SFm
            NkujcYnTXaDP9tG4O+JOqolPFtVEwedkssE+cxgk9tf5QUkBBiq/Pmet
            -----END PRIVATE KEY-----
            """)

        /// As ``node``, but valid in the year 2020 only.
        static let expired = TLSOptions.PEM.text(
            """
            -----BEGIN CERTIFICATE-----
            MIIBhDCCASqgAwIBAgIBATAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJCSU4gdGVz
            dCBhdXRob3JpdHkwHhcNMjAwMTAxMDAwMDAwWhcNMjEwMTAxMDAwMDAwWjAXMRUw
            EwYDVQQDDAxub2RlLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT+
            ZQ7iauOPp93sSrGOOug9+psN+SFmNkujcYnTXaDP9tG4O+JOqolPFtVEwedkssE+
            cxgk9tf5QUkBBiq/Pmeto2EwXzAdBgNVHREEFjAUggxub2RlLmV4YW1wbGWHBH8A
            AAEwHQYDVR0OBBYEFBA7X54Ou8HMbDh6wcS6jNOIddrGMB8GA1UdIwQYMBaAFHjN
            4nNCbrW9s8C2BV++NwOKG5m4MAoGCCqGSM49BAMCA0gAMEUCIFput+JpWG6ZTYWA
            49wb5Rn8aTlwolntVwAN2ry5VgSaAiEA+rH9GR2bwWNGxGP2la0PxqL7btb/A1h5
            0OF8gYm5eWA=
            -----END CERTIFICATE-----
            """)

        /// Signed by itself, for other.example.
        static let other = TLSOptions.PEM.text(
            """
            -----BEGIN CERTIFICATE-----
            MIIBhzCCAS2gAwIBAgIUI2WneqXGngZDzifP0B0jvWFWel8wCgYIKoZIzj0EAwIw
            GDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTAgFw0yNjExMjIxNDMwMTZaGA8yMTI2
            MTAyOTE0MzAxNlowGDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTBZMBMGByqGSM49
            AgEGCCqGSM49AwEHA0IABPbOW6n6wKFTJF69OYFk1elf0DvtLzrX13+KBH9v3/w6
            yMLeI9m9X4hZKGxeE7wjo5+hNq2gEq0IrqWK7OmWPIWjUzBRMB0GA1UdDgQWBBQH
            TbdnINpM9TXLph1J3XIo9ztd6TAfBgNVHSMEGDAWgBQHTbdnINpM9TXLph1J3XIo
            9ztd6TAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCICNDcwRem9tT
            +LrDQoZ5B43JHma9SB4jzN2dMZQrKHvHAiEA0yZsntn3mDaKAhA7A5gbgZmd8Hym
            9T78bZkIMXrDGcY=
            -----END CERTIFICATE-----
            """)

        /// The key of ``other``.
        static let otherKey = TLSOptions.PEM.text(
            """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBZ+BCkqjF1Thy57S
            v66AlYCqrr2cu8ewqCZPHHuet5mhRANCAAT2zlup+sChUyRevTmBZNXpX9A77S86
            19d/igR/b9/8OsjC3iPZvV+IWShsXhO8I6OfoTatoBKtCK6liuzpljyF
            -----END PRIVATE KEY-----
            """)

        /// SHA-256 of ``node`` as openssl prints it.
        static let nodeFingerprint =
            "2D:1D:86:26:C7:EA:3E:81:B8:45:74:32:B1:9F:82:9F:B3:8B:11:E4:DD:92:AD:31:11:EA:5D:57:6A:5A:62:21"
        /// SHA-256 of ``other`` as openssl prints it.
        static let otherFingerprint =
            "E1:A4:DC:52:FA:E3:44:D0:BA:5E:40:D0:91:7A:7A:30:78:1E:D9:D4:55:B7:17:2D:11:1D:54:C1:76:C7:4D:90"
    }
#endif
