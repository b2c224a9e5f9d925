import HostTestSupport
import SandboxSupport
import Secrets

/// A machine with the old shell script: it reads the parameter without decrypting, replaces OLD's id and secret by NEW's where
/// it finds them, and acknowledges a change once.
final class ScriptHost {
    let home = ScratchDirectory()
    private let environment: [String: String]

    private static let script = """
        set -eu
        aws() { "$AWS" "$@"; }
        value=$(aws ssm get-parameter --name "$PARAMETER" --query Parameter.Value --output text)
        field() { sed -n "/^$1\\$/,/^$2\\$/s/^$3 = //p" <<< "$value"; }
        new_id=$(field NEW OLD aws_access_key_id)
        ! grep -q "$new_id" "$HOME/.aws/credentials" || exit 0
        sed -i "s|$(field OLD END aws_access_key_id)|$new_id|" "$HOME/.aws/credentials"
        sed -i "s|$(field OLD END aws_secret_access_key)|$(field NEW OLD aws_secret_access_key)|" "$HOME/.aws/credentials"
        echo "Param $PARAMETER updated to $new_id in $HOME/.aws/credentials" > "$HOME/acknowledgement"
        aws s3api put-object --bucket "$BUCKET" --key "param-update.sh.$NAME.txt" --body "$HOME/acknowledgement" > /dev/null
        """

    init(_ name: String, in job: Job, parameter: String, holding key: AccessKey) {
        _ = Command.run(["mkdir", "-m", "700", home.path(".aws")])
        home.write(".aws/credentials", Job.profile(key))
        home.write("param-update.sh", Self.script)
        environment = job.sandbox.environment.merging([
            "HOME": home.path, "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": home.path(".aws/credentials"), "AWS": AWSCommandLine.path,
            "AWS_DEFAULT_REGION": job.sandbox.region, "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
            "PARAMETER": parameter, "BUCKET": Job.bucket, "NAME": name,
        ]) { $1 }
    }

    func run() -> Command.Result { Command.run(["bash", home.path("param-update.sh")], environment: environment) }

    func holds(_ id: String) -> Bool { home.text(".aws/credentials")?.contains(id) == true }
}
