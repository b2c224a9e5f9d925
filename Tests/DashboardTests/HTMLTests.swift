import Dashboard
import Testing

/// Literals are markup, everything else is text.
@Suite struct HTMLTests {
    private func text(_ html: HTML) -> String { String(decoding: html.bytes, as: UTF8.self) }

    @Test(arguments: [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\" onload=\"x", "&quot; onload=&quot;x"),
        ("' onload='x", "&#39; onload=&#39;x"),
        ("&lt;", "&amp;lt;"),
        ("nul\u{0} escape\u{1B}[31m", "nul\u{FFFD} escape\u{FFFD}[31m"),
        ("two\r\nlines\tand tabs", "two lines and tabs"),
        ("abc\u{202E}gpj.exe", "abc\u{FFFD}gpj.exe"),
        ("zero\u{200B}width", "zero\u{FFFD}width"),
        ("Größe 日本 🔑", "Größe 日本 🔑"),
    ])
    func textIsEscapedInElementsAndAttributes(hostile: String, escaped: String) {
        #expect(text("<p title=\"\(hostile)\">\(hostile)</p>") == "<p title=\"\(escaped)\">\(escaped)</p>")
    }

    @Test func markupIsTakenOverOnce() {
        let inner: HTML = "<b>\("<")</b>"
        #expect(text("<p>\(inner)\([inner, inner])</p>") == "<p><b>&lt;</b><b>&lt;</b><b>&lt;</b></p>")
    }

    @Test func nothingIsLeftOfNil() {
        let none: HTML? = nil
        #expect(text("<p\(none)></p>") == "<p></p>")
    }

    @Test(arguments: [
        ("run `keybaton plan` and `x`", "run <code>keybaton plan</code> and <code>x</code>"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
        ("a lonely ` stays", "a lonely ` stays"),
        ("`one` and ` alone", "<code>one</code> and ` alone"),
        ("", ""),
    ])
    func commandsStandBetweenBackticks(prose: String, html: String) {
        #expect(text(HTML(prose: prose)) == html)
    }
}
