using System.Collections.Immutable;
using RustyRail.Contract.Json;

namespace RustyRail.Contract.Specification;

/// <summary>services.json to catalogue. Reports everything wrong at once; there is a catalogue exactly when there are no errors.</summary>
public static class SpecificationParser
{
    public static ParsedSpecification ParseFile(string path, SpecificationLimits limits)
    {
        LocatedErrors errors = new(path);
        return Finish(LocatedJson.ParseFile(path, errors), errors, limits);
    }

    /// <param name="file">How messages name the text.</param>
    public static ParsedSpecification Parse(ReadOnlySpan<byte> utf8, string file, SpecificationLimits limits)
    {
        LocatedErrors errors = new(file);
        return Finish(LocatedJson.Parse(utf8, errors), errors, limits);
    }

    private static ParsedSpecification Finish(LocatedValue? root, LocatedErrors errors, SpecificationLimits limits)
    {
        if (root is null) return new ParsedSpecification(null, errors.InFileOrder(), []);
        LineBook lines = new();
        CatalogueSpec spec = new CatalogueBinder(errors, lines).Bind(root);
        foreach (SpecificationFault fault in SpecificationValidator.Check(spec, limits)) errors.Add(lines.Find(fault.Place), lines.Describe(fault));

        LocatedErrors warnings = new(errors.File);
        foreach (SpecificationFault doubt in SpecificationValidator.Doubts(spec)) warnings.Add(lines.Find(doubt.Place), lines.Describe(doubt));
        return new ParsedSpecification(errors.Count == 0 ? spec : null, errors.InFileOrder(), warnings.InFileOrder());
    }
}

/// <param name="Spec">Null when there are errors.</param>
public sealed record ParsedSpecification(CatalogueSpec? Spec, ImmutableArray<LocatedError> Errors, ImmutableArray<LocatedError> Warnings);
