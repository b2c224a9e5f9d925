import ArgumentParser
import Console
import Dashboard
import FoundationEssentials

struct ExportCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the pages as files, for a bucket, a web server or a disk",
        discussion: """
            Each file is replaced whole. Files of an earlier export that are not needed any more are removed, and no others. \
            When the bucket cannot be read, the last export stays as it is.
            """)

    @OptionGroup var options: DashboardOptions
    @Argument(help: "The folder; it is made where its parent exists.", completion: .directory)
    var folder: String

    func execute(_ context: CommandContext) async throws {
        let path = options.path(context.environment)
        let configuration = try ConfigurationFile.load(DashboardConfiguration.self, path: path)
        do {
            var limits = Limits()
            // There is no later reading that could bring the rest.
            limits.fetched = limits.remembered
            let reader = BucketReader(bucket: try configuration.bucket(context), limits: limits, now: context.now)
            let site = ExportedSite(await reader.read())
            if let problem = site.problem {
                throw CommandFailure(.unavailable, "nothing was exported: \(problem)")
            }
            let count = try ExportFolder(folder).write(site)
            context.output.line("\(count) files in \(folder)".printable)
        } catch {
            throw CommandFailure(error, listening: nil)
        }
    }
}
