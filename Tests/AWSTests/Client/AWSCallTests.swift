import AWS
import HTTPTransport
import Testing

@Suite struct AWSCallTests {
    @Test("no rendering shows what is sent")
    func redaction() {
        var call = AWSCall(
            service: .ssm, operation: "PutParameter", method: "POST", headers: [HTTPHeader("X", "hunter2")],
            body: Array("hunter2".utf8))
        call.query = "hunter2"
        var text = "\(call) \(String(reflecting: call)) \([call])"
        dump(call, to: &text)
        #expect(text.contains("PutParameter") && !text.contains("hunter2") && !text.contains("104"))
    }
}
