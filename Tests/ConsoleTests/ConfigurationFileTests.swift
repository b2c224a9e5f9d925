import Console
import Testing

@Suite struct ConfigurationFileTests {
    struct Settings: Decodable {
        struct Inner: Decodable { var name: String }
        var region: String
        var pause: DurationText?
        var inner: [Inner]?
    }

    private func decode(_ text: String) throws -> Settings {
        try ConfigurationFile.decode(Settings.self, from: text, path: "/etc/x.toml")
    }

    @Test func readsWhatIsThere() throws {
        let settings = try decode("region = \"eu-west-1\"\npause = \"5m\"\n[[inner]]\nname = \"a\"\n")
        #expect(settings.region == "eu-west-1" && settings.pause?.duration == .seconds(300))
        #expect(settings.inner?.map(\.name) == ["a"])
    }

    @Test(
        "an error names the file and the place and is a configuration error",
        arguments: [
            ("region = \"a\"\nregoin = \"b\"\n", "unknown setting regoin"),
            ("region = \"a\"\n[[inner]]\nname = \"x\"\ncolour = \"red\"\n", "unknown setting inner #1.colour"),
            ("region = \n", "line 1"),
            ("region = \"a\"\n[[.inner]]\n", "line 2: a table's name begins with"),
            ("[\n", "line 1: a table's name"),
            (" [ [\r\n", "line 1: a table's name"),
            ("[[[inner]]]\n", "line 1: a table's name"),
            ("[]\n", "line 1"),
            ("", "region is missing"), ("pause = \"5m\"\n", "region is missing; what is set there: pause"),
            ("regoin = \"a\"\npause = \"5m\"\n", "region is missing; what is set there: pause, regoin"),
            ("region = 5\n", "region is of the wrong type"),
            (
                "region = \"a\"\n[[inner]]\nname = \"x\"\n[[inner]]\ntitle = \"x\"\n",
                "inner #2.name is missing; what is set there: title"
            ),
            ("region = \"a\"\npause = \"5 minutes\"\n", "`5 minutes` is not a duration"),
        ])
    func errorsSayWhere(text: String, part: String) {
        let failure = #expect(throws: CommandFailure.self) { try decode(text) }
        #expect(failure?.status == .configuration)
        #expect(failure?.description.hasPrefix("/etc/x.toml: ") == true)
        #expect(failure?.description.contains(part) == true, "\(failure?.description ?? "")")
    }

    @Test func aMissingFileSaysWhatToDo() {
        let failure = #expect(throws: CommandFailure.self) {
            try ConfigurationFile.load(Settings.self, path: "/nonexistent/x.toml")
        }
        #expect(failure?.status == .configuration && failure?.description.contains("or give --config FILE") == true)
    }
}
