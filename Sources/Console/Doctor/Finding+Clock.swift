extension Finding {
    /// How far the clocks of the services are ahead of this machine's; each answer is one voice.
    package static func clock(_ skews: [Duration]) -> Finding {
        guard let skew = skews.sorted().dropFirst(skews.count / 2).first else {
            return .unknown(.clock, nil, "no service answered with its time")
        }
        let size = max(skew, .zero - skew)
        let place = skew > .zero ? "behind" : "ahead of"
        let advice = "set it: timedatectl set-ntp true, or install chrony"
        switch size {
        case ...(.seconds(60)): return .ok(.clock, nil, "agrees with that of AWS")
        case ...(.seconds(300)):
            return .warning(.clock, nil, "this machine is \(size.inWords) \(place) AWS", mend: advice)
        case ...(.seconds(86_400)):
            return .warning(
                .clock, nil,
                "this machine is \(size.inWords) \(place) AWS, which accepts five minutes; Keybaton corrects that for "
                    + "itself, other programs do not", mend: advice)
        default:
            return .problem(
                .unavailable, .clock, nil,
                "this machine is \(size.inWords) \(place) AWS; more than a day is not corrected", mend: advice)
        }
    }
}
