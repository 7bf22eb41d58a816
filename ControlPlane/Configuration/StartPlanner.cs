using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract.Specification;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>Reads everything that an operator writes for a start and validates it whole; <c>run</c> and <c>check</c> both begin with this.</summary>
internal static class StartPlanner
{
    /// <exception cref="OperatorException">One line per thing that is wrong; nothing has been created.</exception>
    public static async Task<StartPlan> PlanAsync(StartRequest request, CancellationToken cancel)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        var warnings = ImmutableArray.CreateBuilder<string>();
        NodeSettings file = request.ConfigFile is { } config ? NodeFile.Read(config.Text, errors) : NodeSettings.Silent;
        NodeSettings settings = request.Flags.Over(request.Environment.Node()).Over(file);
        NodeOptions node = new NodeValidator(errors).Validate(settings);
        TargetCatalogue? targets = TargetCatalogue.Read(request.Environment, errors);
        CatalogueSpec? first = request.ServicesFile is { } services ? ReadServices(services, errors, warnings) : null;
        RefuseTwoCatalogues(request, targets, errors);
        if (targets is not null && settings.Cluster.Seeds is { IsEmpty: false } seeds) errors.Add($"{seeds[0].Origin}: {EnvironmentVariables.TargetIps} is set too, which is for a node by itself; a cluster has services");
        RequireSomeCatalogue(request, settings, targets, errors);
        if (errors.Count == 0)
        {
            errors.AddRange(HostRules.Check(node, request));
            if (targets is not null) await ResolveOnceAsync(targets, errors, cancel);
        }

        if (errors.Count > 0) throw new OperatorException(errors.ToImmutable());
        if (node.Routers.IsEmpty) warnings.Add("no routers are configured: GRE is accepted from anybody");
        return new StartPlan
        {
            Node = node,
            State = request.State,
            Data = request.Data,
            FirstCatalogue = first,
            Targets = targets,
            Attach = request.Attach,
            Warnings = warnings.ToImmutable(),
        };
    }

    public static CatalogueSpec? ReadServices(Setting file, ImmutableArray<string>.Builder errors, ImmutableArray<string>.Builder warnings)
    {
        ParsedSpecification parsed = SpecificationParser.ParseFile(file.Text, SpecificationLimits.Default);
        errors.AddRange(parsed.Errors.Select(error => error.ToString()));
        warnings.AddRange(parsed.Warnings.Select(warning => warning.ToString()));
        return parsed.Spec;
    }

    private static void RefuseTwoCatalogues(StartRequest request, TargetCatalogue? targets, ImmutableArray<string>.Builder errors)
    {
        if (targets is not null && request.ServicesFile is { } services)
        {
            errors.Add($"{services.Origin}: {EnvironmentVariables.TargetIps} is set too; a node has either targets or services");
        }
    }

    // The first version's users set two variables. Whoever gives the device alone that way, on a node that has no catalogue either, forgot the other.
    private static void RequireSomeCatalogue(StartRequest request, NodeSettings settings, TargetCatalogue? targets, ImmutableArray<string>.Builder errors)
    {
        bool firstVersionsWay = settings.Device is { Origin: EnvironmentVariables.Device } && request is { ConfigFile: null, ServicesFile: null };
        if (firstVersionsWay && targets is null && !File.Exists(request.Data.Catalogue))
        {
            errors.Add($"{EnvironmentVariables.TargetIps} is not set, and there is no --services, --config or stored catalogue: nothing to balance");
        }
    }

    private static async Task ResolveOnceAsync(TargetCatalogue targets, ImmutableArray<string>.Builder errors, CancellationToken cancel)
    {
        try
        {
            IReadOnlyList<(string, IPAddress)> resolved = await TargetResolver.ResolveAsync(targets.Targets, cancel);
            errors.AddRange(SpecificationValidator.Validate(targets.Catalogue(resolved), SpecificationLimits.Default).Select(line => $"{EnvironmentVariables.TargetIps}: {line}"));
        }
        catch (OperatorException e)
        {
            errors.AddRange(e.Lines);
        }
    }
}
