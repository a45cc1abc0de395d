/* html_page.c: escaped text, and the frame of a page with its policy. */
#include "reports/html/html.h"
#include "common/text.h"

#include <ctype.h>
#include <sha2.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#define FORMAT_SIZE 2000

void html_text(const char *text, FILE *out)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

void html_format(FILE *out, const char *format, ...)
{
    char text[FORMAT_SIZE + 8];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, FORMAT_SIZE, format, args);
    va_end(args);
    text_mend(text);
    if (n >= FORMAT_SIZE)
        strcat(text, "…");
    html_text(text, out);
}

void html_id(const char *prefix, const char *text, FILE *out)
{
    fputs(prefix, out);
    for (; *text; text++)
        fputc(isalnum((unsigned char)*text) || strchr("_.-", *text) ? *text : '_', out);
}

/* The policy names the script by its SHA-256. */
static void base64(const uint8_t *data, size_t size, FILE *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t have = size - i < 3 ? size - i : 3;
        uint32_t bits =
            (uint32_t)data[i] << 16 | (have > 1 ? (uint32_t)data[i + 1] << 8 : 0) | (have > 2 ? data[i + 2] : 0);
        for (size_t k = 0; k < 4; k++)
            fputc(k <= have ? digits[bits >> (18 - 6 * k) & 63] : '=', out);
    }
}

static void policy(FILE *out)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA2_CTX context;
    SHA256Init(&context);
    SHA256Update(&context, (const uint8_t *)html_js, strlen(html_js));
    SHA256Final(digest, &context);
    fputs("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
          "base-uri 'none'; form-action 'none'; script-src 'sha256-",
          out);
    base64(digest, sizeof(digest), out);
    fputs("'\">\n", out);
}

void html_begin(const char *title, const char *skip, const char *style, FILE *out)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", out);
    policy(out);
    fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
          "<meta name=\"generator\" content=\"pvbench " PVB_VERSION "\">\n<title>",
          out);
    html_text(title, out);
    fprintf(out, "</title>\n<style>\n%s%s</style>\n</head>\n<body>\n", html_css, style);
    fprintf(out, "<a class=\"skip\" href=\"#%s\">Skip to the results</a>\n<main>\n", skip);
}

void html_end(FILE *out)
{
    fprintf(out,
            "</main>\n<div id=\"said\" class=\"unseen\" "
            "aria-live=\"polite\"></div>\n<script>%s</script>\n</body>\n</html>\n",
            html_js);
}
