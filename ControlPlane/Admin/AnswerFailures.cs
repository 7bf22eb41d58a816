using System.Text.Json;

namespace RustyRail.ControlPlane.Admin;

/// <summary>Failures that a caller can understand become an answer with a line; others are the framework's to log.</summary>
internal sealed class AnswerFailures(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (PipelineUnavailableException e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, e.StatusCode, e.InnerException is JsonException json ? $"request body: {json.Message}" : e.Message);
        }
    }

    private static Task AnswerAsync(HttpContext context, int status, string line)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new ChangeRefused([line]), AdminJson.Default.ChangeRefused);
    }
}
