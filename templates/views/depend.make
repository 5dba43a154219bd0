{{target}}:{{#files}} \
	{{.}}{{/files}}
{{#phony}}
{{#files}}

{{.}}:
{{/files}}
{{/phony}}
