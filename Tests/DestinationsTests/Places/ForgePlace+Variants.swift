import Destinations
import SandboxSupport

extension ForgePlace.Variant {
    static let all = bitbucket + gitHub + gitLab

    private static let bitbucket = [
        Self(name: "a repository of Bitbucket", host: .bitbucket, forge: .bitbucket()) {
            "acme/site-\($0)"
        } destination: {
            BitbucketDestination($1, place: .repository("site-\($0)", workspace: "acme"))
        },
        Self(
            name: "a deployment environment of Bitbucket", host: .bitbucket, forge: .bitbucket(email: "ci@acme.example")
        ) {
            "acme/app-\($0) Production"
        } destination: {
            BitbucketDestination($1, place: .environment("Production", repository: "app-\($0)", workspace: "acme"))
        },
        Self(name: "a workspace of Bitbucket", host: .bitbucket, forge: .bitbucket()) {
            "acme-\($0)"
        } destination: {
            BitbucketDestination($1, place: .workspace("acme-\($0)"))
        },
    ]

    private static let gitHub = [GitHubIDForm.secret, .variable].flatMap { form in
        [
            Self(
                name: "a repository of GitHub, the id a \(form)", host: .github, forge: .gitHub(form),
                isReadable: form == .variable
            ) {
                "acme/site-\($0)"
            } destination: {
                GitHubDestination($1, place: .repository(owner: "acme", "site-\($0)"), idForm: form)
            },
            Self(
                name: "an environment of GitHub, the id a \(form)", host: .github, forge: .gitHub(form),
                isReadable: form == .variable
            ) {
                "acme/app-\($0) blue/green"
            } destination: {
                GitHubDestination(
                    $1, place: .environment("blue/green", owner: "acme", repository: "app-\($0)"), idForm: form)
            },
            Self(
                name: "an organisation of GitHub, the id a \(form)", host: .github, forge: .gitHub(form),
                isReadable: form == .variable
            ) {
                "acme-\($0)"
            } destination: {
                GitHubDestination($1, place: .organisation("acme-\($0)", .private), idForm: form)
            },
        ]
    }

    private static let gitLab = ["*", "review/*"].flatMap { scope in
        [
            Self(name: "a project of GitLab, scope \(scope)", host: .gitlab, forge: .gitLab) {
                "group/project-\($0)"
            } destination: {
                GitLabDestination($1, place: .project("group/project-\($0)"), scope: scope)
            },
            Self(name: "a group of GitLab, scope \(scope)", host: .gitlab, forge: .gitLab) {
                "groups/group-\($0)"
            } destination: {
                GitLabDestination($1, place: .group("group-\($0)"), scope: scope)
            },
        ].map {
            var variant = $0
            variant.suffix = scope == "*" ? "" : " \(scope)"
            return variant
        }
    }
}
