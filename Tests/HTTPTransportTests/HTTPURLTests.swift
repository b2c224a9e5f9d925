import HTTPTransport
import Testing

@Suite struct HTTPURLTests {
    @Test(
        "keeps what it read, byte for byte",
        arguments: [
            "https://example.com/", "http://127.0.0.1:8080/a%2Fb//c/../d?x=%20&y=", "https://[fd00:ec2::254]/latest",
            "https://[::1]:8443/?", "https://bucket_old.s3.amazonaws.com/key",
        ])
    func roundTrip(text: String) throws {
        #expect(try #require(HTTPURL(text)).description == text)
    }

    @Test func fillsInWhatMayBeLeftOut() throws {
        #expect(try #require(HTTPURL("HTTPS://Example.COM")).description == "https://example.com/")
        #expect(try #require(HTTPURL("https://example.com?a")).description == "https://example.com/?a")
    }

    @Test func theHostHeaderHasNoDefaultPort() throws {
        #expect(try #require(HTTPURL("https://example.com:443/")).authority == "example.com")
        #expect(try #require(HTTPURL("http://example.com:443/")).authority == "example.com:443")
        #expect(try #require(HTTPURL("https://[::1]:8443/")).authority == "[::1]:8443")
    }

    @Test(arguments: [
        "", "example.com", "//example.com/", "ftp://example.com/", "https://", "https:///path", "https://:443/",
        "https://user@example.com/", "https://user:pw@example.com/", "https://example.com:0/",
        "https://example.com:65536/", "https://example.com:/", "https://example.com:+1/", "https://a b/",
        "https://example.com/a b", "https://example.com/é", "https://example.com/#f", "https://[::1/",
        "https://[::1]x/",
        "https://[example.com]/", "https://::1/", "https://exa%6dple.com/", "https://example.com/\r\nX: y",
        "https://example.com\\@evil.example/",
    ])
    func refuses(text: String) {
        #expect(HTTPURL(text) == nil)
    }
}
