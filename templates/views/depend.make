{{target}}:{{#files}} \
	{{.}}{{/files}}{{#folders}} \
	{{.}}{{/folders}}
{{#phony}}
{{#files}}

{{.}}:
{{/files}}
{{#folders}}

{{.}}:
{{/folders}}
{{/phony}}
