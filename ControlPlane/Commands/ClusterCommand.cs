using System.CommandLine;
using System.Globalization;
using RustyRail.ControlPlane.Admin;
using Spectre.Console;

namespace RustyRail.ControlPlane.Commands;

/// <summary>The cluster as the running instance sees it.</summary>
internal static class ClusterCommand
{
    public static Command Create()
    {
        Command command = new("cluster", "The nodes of the cluster, what each forwards by");
        command.Add(SharedOptions.Json);
        command.SetAction(ListAsync);
        return command;
    }

    public static void PrintMembers(ClusterStatus cluster, TextWriter output)
    {
        Table members = TextTable.Create("member", "status", "#generation", "spec", "table");
        foreach (MemberStatus member in cluster.Members)
        {
            members.Row(member.Node, member.Status, member.Generation.ToString(CultureInfo.InvariantCulture), member.SpecDigest, member.TableDigest);
        }

        members.Print(output);
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken cancel)
    {
        using AdminClient client = new(parsed.ChosenStateDirectory());
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json)) await output.WriteLineAsync(await client.GetTextAsync(AdminPaths.Cluster, cancel));
        else PrintMembers(await client.GetAsync(AdminPaths.Cluster, AdminJson.Default.ClusterStatus, cancel), output);
        return ExitCode.Well;
    }
}
