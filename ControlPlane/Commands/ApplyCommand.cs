using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Admin;
using RustyRail.ControlPlane.Configuration;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Makes the catalogue equal to a file: shows the difference, then asks for it as one change.</summary>
internal static class ApplyCommand
{
    private static readonly Argument<string> File = new("file") { Description = "services.json" };
    private static readonly Option<string?> Expect = new("--expect")
    {
        Description = "Only if the catalogue has this version: the specDigest that status, and every change, prints",
        HelpName = "version",
    };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Show the difference and change nothing" };

    public static Command Create()
    {
        Command command = new("apply", "Make the catalogue equal to a file; all of it or nothing");
        command.Add(File);
        command.Add(DryRun);
        command.Add(Expect);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        CatalogueSpec wanted = Read(parsed.GetRequiredValue(File), parsed.InvocationConfiguration.Error);
        using AdminClient client = new(parsed.ChosenStateDirectory());
        (string text, string version) = await client.GetCatalogueAsync(cancel);
        string? expected = parsed.GetValue(Expect);
        if (expected is not null && expected != version) throw new OperatorException(ChangeAnswers.Outdated(expected, version), ExitCode.Failed);

        ImmutableArray<string> difference = CatalogueDifference.Between(BackendNames.Parse(text), wanted);
        foreach (string line in difference) await output.WriteLineAsync(line);
        if (difference.IsEmpty) await output.WriteLineAsync("no difference");
        if (parsed.GetValue(DryRun)) await output.WriteLineAsync($"dry run: nothing was changed (spec {version})");
        if (difference.IsEmpty || parsed.GetValue(DryRun)) return ExitCode.Well;

        using StringContent body = new(SpecificationWriter.Write(wanted), Encoding.UTF8, "application/json");
        ChangeAccepted accepted = await client.ChangeAsync(HttpMethod.Put, AdminPaths.Catalogue, body, cancel, expected);
        await output.WriteLineAsync($"applied{Acceptance.Text(accepted)}");
        return ExitCode.Well;
    }

    private static CatalogueSpec Read(string path, TextWriter error)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        var warnings = ImmutableArray.CreateBuilder<string>();
        CatalogueSpec? spec = StartPlanner.ReadServices(new Setting(path, path), errors, warnings);
        if (spec is null) throw new OperatorException(errors.ToImmutable());
        foreach (string warning in warnings) error.WriteLine($"rustyrail: warning: {warning}");
        return spec;
    }
}
