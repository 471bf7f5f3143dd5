# Read by nginx's configure after it has written the makefile: the Lua scripts
# of the Redis store become a header, and so does the page of print_task_status;
# a change of one rebuilds the module.

cat << END                                                    >> $NGX_MAKEFILE

$NGX_OBJS/ngx_http_print_task_scripts.h: \\
		$ngx_addon_dir/util/lua2h \\
		`echo $ngx_addon_dir/src/redis/*.lua`                            \\
		`echo $ngx_addon_dir/src/redis/scripts/*.lua`
	$ngx_addon_dir/util/lua2h $ngx_addon_dir/src/redis/*.lua              \\
		$ngx_addon_dir/src/redis/scripts/*.lua > \$@.tmp
	mv \$@.tmp \$@

$NGX_OBJS/ngx_http_print_task_page.h: \\
		$ngx_addon_dir/util/page2h \\
		`echo $ngx_addon_dir/src/status/page/*`
	$ngx_addon_dir/util/page2h $ngx_addon_dir/src/status/page > \$@.tmp
	mv \$@.tmp \$@

END
